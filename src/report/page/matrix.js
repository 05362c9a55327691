/** Makes the matrix answer: filters, arrow keys between cells, and a cell that opens what is known of it. */

/**
 * @typedef {object} Cell
 * @property {string} id
 * @property {string} pair
 * @property {string} strategy
 * @property {string} order
 * @property {string} mode
 * @property {string} style
 * @property {string} predicted
 * @property {string | null} observed
 * @property {boolean} agrees
 * @property {string | null} finding
 * @property {string | null} sameAs
 */

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {{ cells: Cell[], words: Record<string, { text: string }> }} */
const { cells, words } = JSON.parse(element('matrix-data').textContent ?? '{}');
const byId = new Map(cells.map((cell) => [cell.id, cell]));
const form = /** @type {HTMLFormElement} */ (element('filters'));
const dialog = /** @type {HTMLDialogElement} */ (element('cell'));
const buttons = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll('[data-id]')]);

/** One cell can be reached with Tab; from there arrow keys go on. @param {HTMLButtonElement | undefined} button */
function makeReachable(button) {
  for (const each of buttons) each.tabIndex = each === button ? 0 : -1;
}

/** Whether a cell is among those that are asked for. @param {Cell} cell @param {FormData} asked */
function isAsked(cell, asked) {
  if (asked.has('differs') && cell.agrees) return false;
  const verdict = asked.get('verdict');
  if (verdict && cell.predicted !== verdict && cell.observed !== verdict) return false;
  return ['pair', 'strategy', 'order', 'mode', 'style'].every((axis) => {
    const wanted = asked.get(axis);
    return !wanted || cell[/** @type {keyof Cell} */ (axis)] === wanted;
  });
}

function filter() {
  const asked = new FormData(form);
  let shown = 0;
  for (const button of buttons) {
    const cell = byId.get(button.dataset.id ?? '');
    const visible = cell !== undefined && isAsked(cell, asked);
    button.disabled = !visible;
    if (visible) shown++;
  }
  for (const section of document.querySelectorAll('section:has(.matrix)')) {
    /** @type {HTMLElement} */ (section).hidden = !section.querySelector(
      '[data-id]:not(:disabled)',
    );
  }
  element('shown').textContent = `${shown} of ${cells.length} cells`;
  makeReachable(buttons.find((button) => !button.disabled));
}

/** @param {string} term @param {string} value */
function fact(term, value) {
  const box = document.createElement('div');
  const name = document.createElement('dt');
  const text = document.createElement('dd');
  name.textContent = term;
  text.textContent = value;
  box.append(name, text);
  return box;
}

/** @param {Cell} cell */
function open(cell) {
  const word = (/** @type {string | null} */ verdict) =>
    verdict === null ? 'not observed yet' : (words[verdict]?.text ?? verdict);
  element('cell-title').textContent = cell.pair.replace('-', ' → ');
  const list = document.createElement('dl');
  list.className = 'facts';
  list.append(
    fact('strategy', `${cell.strategy}, ${cell.order}`),
    fact('compatibility, style', `${cell.mode}, ${cell.style}`),
    fact('predicted', word(cell.predicted)),
    fact('observed', `${word(cell.observed)}${cell.agrees ? '' : ' ≠ predicted'}`),
    ...(cell.sameAs === null ? [] : [fact('observed with', cell.sameAs)]),
  );
  const finding = document.createElement('p');
  finding.textContent = cell.finding ?? 'Nothing would be lost, doubled, wrong or out of date.';
  element('cell-body').replaceChildren(list, finding);
  dialog.showModal();
}

/** The next cell that can be opened in a direction. @param {HTMLButtonElement} from @param {string} key */
function neighbour(from, key) {
  const at = from.closest('td');
  const row = from.closest('tr');
  if (!at || !row) return undefined;
  const sideways = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  const down = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  const rows = [...document.querySelectorAll('.matrix tbody tr')];
  let [column, line] = [at.cellIndex, rows.indexOf(row)];
  for (;;) {
    column += sideways;
    line += down;
    const cell = /** @type {HTMLTableRowElement | undefined} */ (rows[line])?.cells[column];
    if (!cell || (sideways === 0 && down === 0)) return undefined;
    const button = /** @type {HTMLButtonElement | null} */ (cell.querySelector('button:enabled'));
    if (button) return button;
  }
}

for (const button of buttons) {
  button.addEventListener('click', () => {
    const cell = byId.get(button.dataset.id ?? '');
    makeReachable(button);
    if (cell) open(cell);
  });
  button.addEventListener('keydown', (event) => {
    const next = neighbour(button, event.key);
    if (!next) return;
    event.preventDefault();
    makeReachable(next);
    next.focus();
  });
}
form.addEventListener('input', filter);
form.addEventListener('submit', (event) => event.preventDefault());
filter();
