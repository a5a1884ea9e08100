import { configure, fireEvent, screen } from '@testing-library/react';
import { json, refusal } from '../../testing/server';
import { CommandIDs } from '../commandIds';
import { Bench } from '../testing/bench';

const text = (title: string) => ({ type: 'string', title });
const SCHEMA = {
  components: {
    schemas: {
      AddModel: {
        type: 'object',
        properties: {
          hub: text('Model of the hub'),
          revision: { ...text('Revision'), onlyWhen: 'hub' },
          path: text('Folder'),
          precision: {
            ...text('Precision'),
            enum: ['float32', 'nf4'],
            default: 'float32'
          },
          name: text('Name')
        }
      }
    }
  }
};

let bench: Bench;

// The dialogs draw on a machine that has other work too.
configure({ asyncUtilTimeout: 5000 });

// JupyterLab draws its dialogs when it likes, not when a test says so.
beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false);
  bench = new Bench();
  bench.server.on('GET /openapi.json', SCHEMA);
  bench.server.on('POST /models', json({ object: 'md_3', job: 'jb_3' }, 202));
  await Promise.all([
    import('@rjsf/validator-ajv8'),
    import('../../hub/hubDialog'),
    import('./folderDialog'),
    import('./cacheDialog')
  ]);
});

afterEach(() => {
  bench.dispose();
  vi.unstubAllGlobals();
});

const type = async (label: string, value: string) =>
  fireEvent.change(await screen.findByLabelText(label), { target: { value } });

async function press(label: string): Promise<void> {
  const button = await vi.waitFor(() => {
    const found = [
      ...document.querySelectorAll<HTMLElement>('.jp-Dialog-button')
    ].find(each => each.textContent === label);
    expect(found).toBeDefined();
    return found;
  }, 5000);
  button?.click();
}

describe('a model of a folder', () => {
  it('is added by its path, in a precision', async () => {
    const done = bench.commands.execute(CommandIDs.addPath);
    await type('Folder', '/models/small');
    await type('Precision', '1');
    await press('Add');
    await done;
    expect(bench.sent).toEqual({ path: '/models/small', precision: 'nf4' });
  });

  it('is chosen among the server’s folders, and what was typed stays', async () => {
    const done = bench.commands.execute(CommandIDs.addPath);
    await type('Name', 'mine');
    await press('Choose a folder…');
    await vi.waitFor(() =>
      expect(screen.getByLabelText<HTMLInputElement>('Folder').value).toBe(
        '/models/chosen'
      )
    );
    await press('Add');
    await done;
    expect(bench.sent).toEqual({ path: '/models/chosen', name: 'mine' });
  });

  it('is refused in the form, which stays open with the hint', async () => {
    bench.server.on('POST /models', () => refusal(400, 'no_weights', 'path'));
    const done = bench.commands.execute(CommandIDs.addPath, { path: '/empty' });
    await screen.findByLabelText('Folder');
    await press('Add');
    await screen.findByText('It is wrong. Do better.');
    expect(screen.getByLabelText<HTMLInputElement>('Folder').value).toBe(
      '/empty'
    );
    await press('Cancel');
    await done;
  });

  it('must be named', async () => {
    const done = bench.commands.execute(CommandIDs.addPath);
    await screen.findByLabelText('Folder');
    await press('Add');
    await screen.findByText('Say which folder.');
    await press('Cancel');
    await done;
    expect(bench.server.asked).not.toContain('POST /models');
  });
});

describe('a model of the hub’s cache', () => {
  it('is chosen of those that are there', async () => {
    bench.server.on('GET /models/cached', {
      models: [
        {
          name: 'org/small',
          model: null,
          commit: 'a',
          bytes: 4_000_000,
          path: '/c'
        },
        { name: 'org/other', model: 'md_1', commit: 'b', bytes: 9, path: '/d' }
      ]
    });
    const done = bench.commands.execute(CommandIDs.addCached);
    await screen.findByLabelText('org/small 4 MB');
    expect(screen.getByLabelText('org/other 9 B · added already')).toBeTruthy();
    await press('Add');
    await screen.findByText('Choose a model of the list.');
    fireEvent.change(await screen.findByLabelText('Filter'), {
      target: { value: 'SMALL' }
    });
    await vi.waitFor(() =>
      expect(screen.getAllByRole('radio', { hidden: true })).toHaveLength(1)
    );
    fireEvent.click(screen.getByRole('radio', { hidden: true }));
    await vi.waitFor(() =>
      expect(
        screen.getByRole<HTMLInputElement>('radio', { hidden: true }).checked
      ).toBe(true)
    );
    await press('Add');
    await done;
    expect(bench.sent).toEqual({ cached: 'org/small' });
  });

  it('says where there is none, and what went wrong', async () => {
    bench.server.on('GET /models/cached', () => refusal(500, 'bug'));
    const done = bench.commands.execute(CommandIDs.addCached);
    await screen.findByText('It is wrong.');
    bench.server.on('GET /models/cached', { models: [] });
    fireEvent.click(screen.getByText('Try again'));
    await screen.findByText(/No model is in the hub’s cache/);
    await press('Cancel');
    await done;
  });
});

describe('a model of the hub', () => {
  it('is asked for as a model, and added', async () => {
    bench.server.on('GET /hub/token', {
      endpoint: 'https://hub.example',
      source: 'none'
    });
    bench.server.on('POST /hub/check', {
      endpoint: 'https://hub.example',
      account: null,
      commit: 'abc',
      files: 6,
      bytes: 375_000_000
    });
    const done = bench.commands.execute(CommandIDs.addHub);
    await type('Model of the hub', 'org/small');
    await press('Add');
    await done;
    expect(bench.server.bodies.map(each => JSON.parse(String(each)))).toEqual([
      { kind: 'model', hub: 'org/small' },
      { hub: 'org/small' }
    ]);
  });
});
