import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Capture, CaptureFacts } from '../../api/types';
import type { Fact } from '../../ui/facts';
import { ago, bytes, duration, exact, share, timestamp } from '../../ui/format';
import { hooksInWords } from '../../ui/layers/hooks';

/** What a capture was made of, by name where that is known, and the way there. */
export interface IOrigins {
  model: string | undefined;
  tokenization: string | undefined;
  dataset: string | undefined;
  opener: (id: string) => (() => void) | null;
}

/** Where a capture is from, how it was made, and what came of it. */
export function aboutFacts(
  capture: Capture,
  trans: TranslationBundle,
  origins: IOrigins
): Fact[] {
  const { facts, job, model, tokenization, dataset } = capture;
  const origin = (word: string, id: string, name: string | undefined): Fact => {
    const open = origins.opener(id);
    return [
      word,
      open && name !== undefined ? (
        <button
          key={id}
          type="button"
          className="jp-mistudio-Link"
          onClick={open}
        >
          <bdi>{name}</bdi>
        </button>
      ) : (
        <bdi key={id}>{name ?? id}</bdi>
      ),
      id
    ];
  };
  return [
    [trans.__('Id'), <code key="id">{capture.id}</code>],
    origin(trans.__('Model'), model, origins.model),
    origin(trans.__('Dataset'), dataset, origins.dataset),
    origin(trans.__('Tokenization'), tokenization, origins.tokenization),
    [
      trans.__('Hook points'),
      hooksInWords(capture.hooks),
      capture.hooks.join('\n')
    ],
    ...optionFacts(capture, trans),
    ...(facts ? foundFacts(capture, facts, trans) : []),
    [trans.__('Made'), timestamp(capture.created), ago(capture.created)],
    [
      trans.__('Fingerprint'),
      <code key="print">{capture.fingerprint}</code>,
      trans.__(
        'Of model, text, tokens and options: equal ones are equal vectors.'
      )
    ],
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

/** What is not kept, in a sentence. */
export function leftOut(capture: Capture, trans: TranslationBundle): string {
  const { drop_first: first, drop_special: special } = capture;
  const parts = [
    first
      ? trans._n(
          'the first position of each block',
          'the first %1 positions of each block',
          first
        )
      : '',
    special ? trans.__('special tokens') : ''
  ].filter(Boolean);
  return parts.length
    ? parts.join(', ')
    : trans.__('nothing: averages leave out position 0 and special tokens');
}

function optionFacts(capture: Capture, trans: TranslationBundle): Fact[] {
  const {
    max_tokens: tokens,
    max_samples: samples,
    role,
    batch_size: batch
  } = capture;
  const list: Fact[] = [
    [
      trans.__('Left out'),
      leftOut(capture, trans),
      trans.__(
        'The first positions are attention sinks: vectors of a hundred times the usual norm.'
      )
    ]
  ];
  if (role !== null) {
    list.push([trans.__('Role'), role]);
  }
  if (tokens !== null) {
    list.push([trans.__('At most'), trans.__('%1 tokens', exact(tokens))]);
  }
  if (samples !== null) {
    list.push([
      trans.__('Samples chosen'),
      trans.__('%1 (seed %2)', exact(samples), String(capture.seed))
    ]);
  }
  list.push(
    [
      trans.__('Batch size'),
      batch === null ? trans.__('found by trying') : exact(batch),
      trans.__('The one that was asked for.')
    ],
    [trans.__('Vectors stored as'), capture.dtype]
  );
  return list;
}

function foundFacts(
  capture: Capture,
  facts: CaptureFacts,
  trans: TranslationBundle
): Fact[] {
  const { precision, quantized_share: quantized } = facts;
  const list: Fact[] = [
    [
      trans.__('Tokens'),
      exact(facts.tokens),
      trans.__('Vectors of each hook point, held-out ones included.')
    ],
    [trans.__('Held out'), trans.__('%1 tokens', exact(facts.held_out_tokens))],
    [
      trans.__('Counted'),
      trans.__('%1 tokens', exact(facts.counted_tokens)),
      trans.__('Those that averages and metrics are taken over.')
    ],
    [trans.__('Samples'), exact(facts.samples)],
    [
      trans.__('Model held in'),
      precision === capture.precision
        ? precision
        : trans.__('%1, because %2 did not fit', precision, capture.precision)
    ]
  ];
  if (quantized !== null) {
    list.push([
      trans.__('Quantized'),
      share(quantized),
      trans.__('Share of the parameters really held in fewer bits.')
    ]);
  }
  list.push(
    [trans.__('Device'), facts.device],
    [
      trans.__('Batch size at the end'),
      exact(facts.batch_size),
      trans.__('It halves by itself when memory runs out.')
    ],
    [
      trans.__('Size'),
      trans._n(
        '%2 in %1 file',
        '%2 in %1 files',
        facts.shards,
        bytes(facts.bytes)
      )
    ],
    [
      trans.__('Took'),
      duration(facts.seconds),
      trans.__('In all tries together.')
    ]
  );
  return list;
}
