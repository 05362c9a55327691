/** Planted bug: nobody looks whether a later owner has the partition. */
import { stateScripts } from '../back-end/partition-state.ts';
import type { Defect } from './defect.ts';
import { editScript } from './edit-script.ts';

const CHECK =
  "if meta[2] ~= ARGV[1] or meta[3] ~= ARGV[2] or meta[4] ~= ARGV[3] then return { 'FENCED' } end\n";
const EDITS: Readonly<Record<string, string>> = {
  acquire: "if not later and not same then return { 'FENCED', meta[3], meta[4], meta[5] } end\n",
  apply: CHECK,
  unpublished: CHECK,
};

/** Takes the check of the token out of every script that has one. */
export const noFence: Defect = {
  what: 'the Back End takes, counts and publishes partitions that another owner has',
  backEnd(parts) {
    const scripts = stateScripts((name, lua) => {
      const check = EDITS[name];
      return check === undefined ? lua : editScript(lua, [[check, '']]);
    });
    return { ...parts, openState: (partition) => parts.openState(partition, scripts) };
  },
};
