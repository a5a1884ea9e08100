// What is said of a model: facts for rows, documents and inserted code.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Model, Precision } from '../api/types';
import {
  asStudioObject as captureObject,
  captureFacts
} from '../captures/words';
import type { IStudioObject } from '../kernel/tokens';
import { exact, short } from '../ui/format';
import { workFacts } from '../ui/objects/words';
import { isModel, type ModelObject } from './model';

const SHORT: Partial<Record<Precision, string>> = {
  float32: 'fp32',
  float16: 'fp16',
  bfloat16: 'bf16'
};

/** As it stands in narrow places. */
export function precisionWord(precision: Precision): string {
  return SHORT[precision] ?? precision;
}

/** The two or three facts that tell a row from its neighbors. */
export function rowFacts(
  object: ModelObject,
  trans: TranslationBundle
): string[] {
  if (!isModel(object)) {
    return captureFacts(object, trans);
  }
  return workFacts(object, trans) ?? modelFacts(object, trans);
}

function modelFacts({ facts }: Model, trans: TranslationBundle): string[] {
  return facts
    ? [
        trans.__('%1 params', short(facts.parameters)),
        trans._n('%2 layer', '%2 layers', facts.layers, exact(facts.layers)),
        trans.__('d %1', exact(facts.hidden_size))
      ]
    : [];
}

/** As it leaves for a notebook. */
export function asStudioObject(
  object: ModelObject,
  trans: TranslationBundle
): IStudioObject {
  if (!isModel(object)) {
    return captureObject(object, trans);
  }
  const { id, name, facts } = object;
  const detail = facts
    ? trans.__(
        '%1 parameters, %2',
        exact(facts.parameters),
        precisionWord(object.precision)
      )
    : trans.__('not ready yet');
  return { kind: 'model', id, name, detail };
}
