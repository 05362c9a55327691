/** The choice of what is drawn: the measures of the version that answers. */

/** @import { Measure } from './poll.js' */

/**
 * Radio buttons inside an element; made again only when the measures change, as they do when the version does.
 * @param {HTMLElement} host
 * @param {(field: string) => void} chosen
 */
export function createMeasures(host, chosen) {
  let shown = '';
  host.addEventListener('change', (event) => {
    if (event.target instanceof HTMLInputElement) chosen(event.target.value);
  });

  return {
    /** @param {readonly Measure[]} measures @param {string} field */
    show(measures, field) {
      const wanted = JSON.stringify(measures);
      if (wanted !== shown) {
        for (const label of host.querySelectorAll('label')) label.remove();
        host.append(...measures.map(radio));
        shown = wanted;
      }
      for (const input of host.querySelectorAll('input')) input.checked = input.value === field;
      host.hidden = measures.length < 2;
    },
  };
}

/** @param {Measure} measure */
function radio({ field, label }) {
  const input = document.createElement('input');
  input.type = 'radio';
  input.name = 'measure';
  input.value = field;
  const text = document.createElement('span');
  text.textContent = label;
  const around = document.createElement('label');
  around.append(input, text);
  return around;
}
