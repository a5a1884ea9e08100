import * as path from 'node:path';

/** The temporary folder of everything that the tests' own server has; see scripts/browser-tests.sh. */
export const serverRoot = process.env.MISTUDIO_TEST_ROOT ?? '/tmp';

/** What support/prepare.py makes, as the server is asked for it. */
export const TOKENIZER = 'tokenizer';
export const STORIES = 'stories.jsonl';
/** 20,000 samples of one line. */
export const MANY = 'many.txt';
/** So much text that tokenizing it takes a while. */
export const BIG = 'big.txt';

export const PICTURES = path.join(__dirname, '..', 'test-results', 'pictures');
