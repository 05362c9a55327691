/** The chart library, which stands in the page before the script. */
import type uPlotClass from 'uplot';

declare global {
  const uPlot: typeof uPlotClass;
}
