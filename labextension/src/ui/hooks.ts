import {
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** The words' translator, for everything below a widget of ours. */
export const TransContext = React.createContext<TranslationBundle>(
  nullTranslator.load('mistudio_ext')
);

export function useTrans(): TranslationBundle {
  return React.useContext(TransContext);
}

/** Draw again whenever the signal fires; gives what `read` finds then. */
export function useSignal<Sender, Args, Value>(
  signal: ISignal<Sender, Args>,
  read: () => Value
): Value {
  const [, draw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const onSignal = () => draw();
    signal.connect(onSignal);
    // What happened between the first drawing and this moment counts too.
    onSignal();
    return () => {
      signal.disconnect(onSignal);
    };
  }, [signal]);
  return read();
}

/** A model that says when it changed. */
export interface IChanging<Model> {
  readonly changed: ISignal<Model, unknown>;
}

/** Draw again whenever the model changed. */
export function useModel<Model extends IChanging<Model>>(model: Model): Model {
  return useSignal(model.changed, () => model);
}
