import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Model, ModelFacts } from '../../api/types';
import type { Fact } from '../../ui/facts';
import { ago, bytes, exact, timestamp } from '../../ui/format';

/** Where a model came from, and what its files say of it. */
export function aboutFacts(model: Model, trans: TranslationBundle): Fact[] {
  const { facts, job } = model;
  return [
    [trans.__('Id'), <code key="id">{model.id}</code>],
    ...sourceFacts(model, trans),
    [
      trans.__('Precision'),
      model.precision,
      trans.__(
        'How its weights are held in memory wherever nothing else is said'
      )
    ],
    ...(facts ? fileFacts(facts, trans) : []),
    [trans.__('Added'), timestamp(model.created), ago(model.created)],
    ...(job
      ? [
          [
            trans.__('Latest job'),
            <code key="job">{job.id}</code>,
            job.label
          ] as const
        ]
      : [])
  ];
}

function sourceFacts(
  { source, linked }: Model,
  trans: TranslationBundle
): Fact[] {
  const kinds: Record<Model['source']['kind'], string> = {
    hub: trans.__('a model of the hub'),
    folder: trans.__('a folder on the server'),
    cache: trans.__('in the hub’s cache on the server'),
    memory: trans.__('handed over from a notebook’s memory')
  };
  const asked: [string, string | null][] = [
    [trans.__('Path'), source.path],
    [trans.__('Hub'), source.endpoint],
    [trans.__('Revision'), source.revision],
    [trans.__('Commit'), source.commit]
  ];
  return [
    [
      trans.__('Source'),
      <React.Fragment key="source">
        <bdi>{source.name}</bdi> ({kinds[source.kind]}
        {linked && `, ${trans.__('linked')}`})
      </React.Fragment>,
      linked
        ? trans.__(
            'Its files lie elsewhere; deleting it removes the link alone.'
          )
        : undefined
    ],
    ...asked.flatMap(([name, value]): Fact[] =>
      value ? [[name, <code key={name}>{value}</code>]] : []
    )
  ];
}

function fileFacts(facts: ModelFacts, trans: TranslationBundle): Fact[] {
  return [
    [trans.__('Family'), facts.family],
    [
      trans.__('Architecture'),
      <code key="class">{facts.architecture}</code>,
      trans.__('The class that transformers loads it with')
    ],
    [trans.__('Parameters'), exact(facts.parameters)],
    [trans.__('License'), facts.license ?? trans.__('its card names none')],
    [trans.__('Stored as'), facts.stored_as],
    [trans.__('Size'), bytes(facts.bytes), trans.__('Of its files')],
    [trans.__('Files'), exact(facts.files)],
    [
      trans.__('Tokenizer'),
      facts.tokenizer === null
        ? trans.__('none: texts cannot be tried with it')
        : trans.__('its own'),
      facts.tokenizer ?? undefined
    ],
    [
      trans.__('Program code'),
      facts.remote_code === null
        ? trans.__('none is run')
        : trans.__('its own is run'),
      facts.remote_code ?? undefined
    ],
    [
      trans.__('Chat template'),
      facts.chat_template ? trans.__('its own') : trans.__('none')
    ],
    [
      trans.__('Fingerprint'),
      <code key="print">{facts.fingerprint}</code>,
      trans.__(
        'SHA-256 of its configuration and of its weights’ names and hashes'
      )
    ]
  ];
}
