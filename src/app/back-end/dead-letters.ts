/** Puts records that cannot be counted on the dead-letter topic, with where they came from and why. */
import type { Message, SerialProducer } from '../runtime/producer.ts';
import type { DeadLetter } from './fold.ts';

const header = (name: string, value: string | number): [Buffer, Buffer] => [
  Buffer.from(name),
  Buffer.from(String(value)),
];

/** A dead letter as a message: key and value as they were, the rest in headers. */
function messageOf(
  dlqTopic: string,
  topic: string,
  partition: number,
  letter: DeadLetter,
): Message {
  const { record, schemaId, error } = letter;
  const headers = new Map([
    header('topic', topic),
    header('partition', partition),
    header('offset', record.offset),
    header('error', error),
  ]);
  if (schemaId !== undefined) headers.set(...header('schemaId', schemaId));
  const message: Message = { topic: dlqTopic, partition: 0, headers };
  if (record.key) message.key = record.key;
  if (record.value) message.value = record.value;
  return message;
}

/** Sends dead letters of one partition of `topic`; resolves when they are safe, so that the batch may be applied. */
export async function sendDeadLetters(
  producer: SerialProducer,
  dlqTopic: string,
  topic: string,
  partition: number,
  letters: readonly DeadLetter[],
): Promise<void> {
  for (const some of portions(letters)) {
    await producer.send(some.map((letter) => messageOf(dlqTopic, topic, partition, letter)));
  }
}

/** A broker refuses a request above its limit however often it is sent; a letter that is larger goes alone. */
const PORTION_BYTES = 500_000;
/** What a letter takes beside key, value and error: the names of headers, lengths, offsets. */
const ENVELOPE_BYTES = 200;

function* portions(letters: readonly DeadLetter[]): Generator<readonly DeadLetter[]> {
  let [from, bytes] = [0, 0];
  for (const [index, letter] of letters.entries()) {
    const size = sizeOf(letter);
    if (index > from && bytes + size > PORTION_BYTES) {
      yield letters.slice(from, index);
      [from, bytes] = [index, 0];
    }
    bytes += size;
  }
  if (from < letters.length) yield letters.slice(from);
}

function sizeOf({ record, error }: DeadLetter): number {
  return (record.key?.length ?? 0) + (record.value?.length ?? 0) + error.length + ENVELOPE_BYTES;
}
