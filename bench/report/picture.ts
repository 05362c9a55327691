/** The results as a picture: bars for the rates, bars for the cost per record. */
import { backEnd } from '../contenders/back-end.ts';
import type { Spread } from '../measure/statistics.ts';
import type { Results } from './write-report.ts';

interface BarOfChart {
  readonly label: string;
  readonly value: Spread;
  readonly ours: boolean;
}

const WIDTH = 930;
const LABELS = 360;
const ROW = 26;
const NUMBERS = 110;
const OURS = '#1f6feb';
const OTHERS = '#8b949e';
const INK = '#24292f';

/** An SVG document that loads nothing. */
export function drawPicture({ comparison, scaling }: Results): string {
  const rates = comparison.standings.map(({ name, rate }) => ({
    label: name,
    value: rate,
    ours: name === backEnd.name,
  }));
  const costs = scaling.bySkus.map(({ skus, micros }) => ({
    label: `${skus.toLocaleString('en')} SKUs`,
    value: micros,
    ours: true,
  }));
  const first = chart('Records per second, all counted', rates, 0, whole);
  const second = chart('Back end: µs per record', costs, first.bottom + 20, twoDigits);
  const height = second.bottom + 10;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title" font-family="system-ui, sans-serif" font-size="13">
<title id="title">Rates of the back end and its baselines, and its cost per record by number of SKUs</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${first.svg}
${second.svg}
</svg>
`;
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const twoDigits = (value: number) => value.toFixed(2);

function chart(
  title: string,
  bars: readonly BarOfChart[],
  top: number,
  format: (value: number) => string,
): { readonly svg: string; readonly bottom: number } {
  const most = Math.max(...bars.map(({ value }) => value.max));
  const scale = (value: number) => (value / most) * (WIDTH - LABELS - NUMBERS);
  const rows = bars.map((bar, at) => row(bar, top + 40 + at * ROW, scale, format));
  const heading = `<text x="16" y="${top + 26}" font-weight="600" fill="${INK}">${title}</text>`;
  return { svg: [heading, ...rows].join('\n'), bottom: top + 40 + bars.length * ROW };
}

/** A bar to the median, a line from least to most. */
function row(
  { label, value, ours }: BarOfChart,
  y: number,
  scale: (value: number) => number,
  format: (value: number) => string,
): string {
  const middle = y + 9;
  const [from, to] = [LABELS + scale(value.min), LABELS + scale(value.max)];
  return [
    `<text x="${LABELS - 8}" y="${y + 14}" text-anchor="end" fill="${INK}">${label}</text>`,
    `<rect x="${LABELS}" y="${y}" width="${scale(value.median).toFixed(1)}" height="18" rx="2" fill="${ours ? OURS : OTHERS}"/>`,
    `<line x1="${from.toFixed(1)}" x2="${to.toFixed(1)}" y1="${middle}" y2="${middle}" stroke="${INK}"/>`,
    `<text x="${(to + 6).toFixed(1)}" y="${y + 14}" fill="${INK}">${format(value.median)}</text>`,
  ].join('\n');
}
