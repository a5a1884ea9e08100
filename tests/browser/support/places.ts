import * as path from 'node:path';

/** The temporary folder of everything that the tests' own server has; see scripts/browser-tests.sh. */
export const serverRoot = process.env.MISTUDIO_TEST_ROOT ?? '/tmp';

/** What support/prepare.py makes, as the server is asked for it. */
export const TOKENIZER = 'tokenizer';
export const STORIES = 'stories.jsonl';
export const PICTURE = 'picture.png';
/** Columns title, body and year. */
export const POEMS = 'poems.csv';
/** Markup as a column's name and in its cells. */
export const HOSTILE_TABLE = 'hostile.csv';
export const HOSTILE = "<img src=x onerror=document.title='owned'>";
/** A folder with train.jsonl and test.jsonl. */
export const SHELF = 'shelf';
export const CHAT = 'chat.jsonl';
/** A table whose text is in its column story. */
export const TALES = 'tales.parquet';
export const ZIPPED = 'lines.txt.zst';

/** 20,000 samples of one line. */
export const MANY = 'many.txt';
/** A small language model that knows a few words of English. */
export const DEMO_MODEL = 'demo-llama';

/** A few of the texts that it learned from: what is zeroed in it there is missed. */
export const LEARNED = 'learned.jsonl';

/** So much text that tokenizing it takes a while. */
export const BIG = 'big.txt';

export const PICTURES = path.join(__dirname, '..', 'test-results', 'pictures');
