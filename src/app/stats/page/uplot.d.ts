/** Types of the chart library, which the server serves from its package under this name. */
export { default } from 'uplot';
