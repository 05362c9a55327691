/**
 * Lets Ajv compile a schema when it is first used. Imported first by a program: the Kafka client compiles some fifty schemas
 * while it is loaded, of which a program uses a handful, and that is a third of what the start costs.
 */

import type { AnySchema, ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';

const compileNow = Ajv2020.prototype.compile;

Ajv2020.prototype.compile = function compile<T>(
  this: Ajv2020,
  schema: AnySchema,
  isMeta?: boolean,
): ValidateFunction<T> {
  // An asynchronous schema is another kind of function.
  if (typeof schema === 'object' && schema.$async)
    return compileNow.call(this, schema, isMeta) as ValidateFunction<T>;
  let compiled: ValidateFunction | undefined;
  const validate = (data: unknown, context?: Parameters<ValidateFunction>[1]) => {
    compiled ??= compileNow.call(this, schema, isMeta);
    const isValid = compiled(data, context);
    validate.errors = compiled.errors;
    return isValid;
  };
  validate.errors = undefined as ValidateFunction['errors'];
  return Object.assign(validate, { schema }) as unknown as ValidateFunction<T>;
} as Ajv2020['compile'];
