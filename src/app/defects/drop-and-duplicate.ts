/** Planted bug: one record is left out and another counted twice, so that the number of records is right. */
import type { Defect } from './defect.ts';

/** Does so once in the life of the process, with two records of one row that differ in what they add. */
export const dropAndDuplicate: Defect = {
  what: 'the Back End leaves one record out and counts another twice',
  backEnd(parts) {
    const { fold } = parts.version;
    let dropped: { row: number[]; qty: number } | undefined;
    let done = false;
    return {
      ...parts,
      version: {
        ...parts.version,
        fold(row, record) {
          const qty = Number(record.manufactured_qty);
          if (done || qty === 0) return fold(row, record);
          if (dropped === undefined) {
            dropped = { row, qty };
            return;
          }
          fold(row, record);
          if (dropped.row !== row || dropped.qty === qty) return;
          fold(row, record);
          done = true;
        },
      },
    };
  },
};
