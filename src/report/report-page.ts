/** `report.html`: one file that needs no network, with the verdict first. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describeProblem } from '../history/read-run.ts';
import type { ReadProblem, SavedRun } from '../history/saved-run.ts';
import { answerSection } from './answer-section.ts';
import { chartsOf, versionsIn } from './chart-data.ts';
import { chartSection } from './chart-section.ts';
import { courseSection } from './course-section.ts';
import { experimentSection, invariantsSection, provenanceSection } from './facts-section.ts';
import { findingsSection, predictionSection } from './findings-section.ts';
import type { Content, Html } from './html.ts';
import { embeddedJson, html, trusted } from './html.ts';
import { marksOf } from './marks.ts';
import { verdictWords } from './words.ts';

/** The page of a run; `problems` are of reading it. */
export function reportPage(run: SavedRun, problems: readonly ReadProblem[] = []): string {
  const { timeline, experiment, manifest, verdict } = run;
  const name = experiment?.name ?? manifest?.name ?? 'run';
  const endSeconds = Math.max(1, Math.ceil((timeline.at(-1)?.atMs ?? 0) / 1000));
  const versions = versionsIn(timeline);
  const marks = marksOf(timeline);
  const charts = chartsOf(timeline);
  const onCharts = marks.filter(({ kind }) => kind !== 'event').map(({ text, ...mark }) => mark);
  const data = { endSeconds, versions, charts, marks: onCharts };
  const word = verdict === null ? 'not judged' : verdictWords[verdict.observed.verdict].text;
  return page(`${name}: ${word} — Cutover`, [
    html`<main><p class="top"><b>Cutover</b> <span>${name}</span></p>`,
    answerSection(run),
    problemList(problems),
    findingsSection(verdict),
    timeline.length === 0 ? null : courseSection(timeline, marks, versions),
    chartSection(charts, versions, endSeconds),
    invariantsSection(verdict),
    predictionSection(run),
    experimentSection(run),
    provenanceSection(run),
    html`</main>`,
    embeddedJson('report-data', data),
    html`<style>${trusted(plotStyle)}</style><script>${trusted(scriptText(plotScript))}</script><script type="module">${trusted(scriptText(file('report.js')))}</script>`,
  ]);
}

/** A page with the house's looks and without any access to the network; `styles` are further style sheets of its own. */
export function page(title: string, body: Content, ...styles: readonly string[]): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>${title}</title>
<style>${trusted(['report.css', ...styles].map(file).join('\n'))}</style></head>
<body>${body}</body></html>
`.text;
}

/** Text of one of the pages' own files. */
export function file(name: string): string {
  return readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
}

/** A script in which nothing can end its element. */
export function scriptText(text: string): string {
  return text.replaceAll('</script', '<\\/script');
}

const plotFolder = dirname(createRequire(import.meta.url).resolve('uplot/dist/uPlot.esm.js'));
const plotScript = readFileSync(join(plotFolder, 'uPlot.iife.min.js'), 'utf8');
const plotStyle = readFileSync(join(plotFolder, 'uPlot.min.css'), 'utf8');

function problemList(problems: readonly ReadProblem[]): Html | null {
  if (problems.length === 0) return null;
  return html`<section class="problems" aria-labelledby="problems-title"><h2 id="problems-title">Not everything of this run could be read</h2>
    <ul>${problems.map((each) => html`<li>${describeProblem(each)}</li>`)}</ul></section>`;
}
