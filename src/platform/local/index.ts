/** What the rest of the lab uses of the local platform. */
export { kafkaClasspath } from './artifacts/kafka.ts';
export { mavenClasspath } from './artifacts/maven.ts';
export { LocalError, ProcessError } from './errors.ts';
export { type Java, java } from './java.ts';
export { createLocalPlatform, type LocalPlatformOptions } from './local-platform.ts';
