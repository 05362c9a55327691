/** The choice of SKUs: a search field and check boxes, of which a long list shows only the first. */
import { MOST_SKUS } from './choice.js';

const MOST_SHOWN = 60;

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Check boxes for SKUs; `show` gives it the names and which are chosen.
 * @param {(sku: string, chosen: boolean) => void} toggled
 */
export function createPicker(toggled) {
  const search = /** @type {HTMLInputElement} */ (element('search'));
  const host = element('names');
  /** @type {readonly string[]} */
  let names = [];
  /** @type {readonly string[]} */
  let chosen = [];

  search.addEventListener('input', draw);
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || search.value === '') return;
    event.preventDefault();
    search.value = '';
    draw();
  });
  host.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement) toggled(target.value, target.checked);
  });

  function draw() {
    const wanted = search.value.trim().toLowerCase();
    const found = names.filter((name) => name.toLowerCase().includes(wanted));
    const shown = found.slice(0, MOST_SHOWN);
    keep(host, shown);
    for (const input of host.querySelectorAll('input')) {
      input.checked = chosen.includes(input.value);
      input.disabled = !input.checked && chosen.length >= MOST_SKUS;
    }
    element('names-hint').textContent = hint(found.length, shown.length, chosen.length);
  }

  return {
    /** @param {readonly string[]} newNames @param {readonly string[]} newChosen */
    show(newNames, newChosen) {
      names = newNames;
      chosen = newChosen;
      draw();
    },
  };
}

/** Leaves the check boxes that are there already, so that the focus stays. @param {HTMLElement} host @param {readonly string[]} shown */
function keep(host, shown) {
  const there = [...host.querySelectorAll('input')].map(({ value }) => value);
  if (JSON.stringify(there) === JSON.stringify(shown)) return;
  const labels = new Map(
    [...host.querySelectorAll('label')].map((label) => [label.textContent, label]),
  );
  for (const label of labels.values()) label.remove();
  host.append(...shown.map((name) => labels.get(name) ?? checkBox(name)));
}

/** @param {string} name */
function checkBox(name) {
  const input = document.createElement('input');
  input.type = 'checkbox';
  input.value = name;
  const text = document.createElement('span');
  text.textContent = name;
  const label = document.createElement('label');
  label.className = 'check';
  label.append(input, text);
  return label;
}

/** @param {number} found @param {number} shown @param {number} chosen */
function hint(found, shown, chosen) {
  if (found === 0) return 'No SKU has that name.';
  if (chosen >= MOST_SKUS)
    return `${MOST_SKUS} are drawn, the most at once. Untick one to choose another.`;
  if (found > shown) return `${shown} of ${found} shown. Type to find others.`;
  return '';
}
