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
  if (letters.length === 0) return;
  await producer.send(letters.map((letter) => messageOf(dlqTopic, topic, partition, letter)));
}
