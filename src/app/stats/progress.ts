/** How far the summary topic has been read, as far as this process knows. */

/** Written by the part that reads the topic, shown by `/status`, `/readyz` and the metrics. */
export class Progress {
  /** Records in the topic that are not in the state yet; null before the topic was seen. */
  lagRecords: number | null = null;
  /** When Kafka last said where the topic ends, in ms since 1970. */
  heardMs = Date.now();
  /** Set for good once everything was read that was in the topic at the start. */
  ready = false;
  /** Rows that could not be read and were left out, since this process started. */
  undecodable = 0;
  /** What keeps the topic from being read now; null where nothing does. */
  problem: string | null = 'the topic has not been reached yet';
}
