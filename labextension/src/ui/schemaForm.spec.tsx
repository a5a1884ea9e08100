import { fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { ApiError } from '../api/errors';
import type { IMiStudio } from '../tokens';
import { formGroups, withDefaults } from './formSchema';
import { SchemaForm, type ISchemaFormProps } from './schemaForm';

const SCHEMA = {
  type: 'object',
  title: 'TokenizeDataset',
  required: ['tokenizer'],
  properties: {
    tokenizer: {
      type: 'string',
      title: 'Tokenizer',
      description: 'A folder with a tokenizer in it.'
    },
    name: {
      anyOf: [{ type: 'string', maxLength: 5 }, { type: 'null' }],
      default: null,
      title: 'Name'
    },
    max_length: {
      type: 'integer',
      default: 512,
      minimum: 1,
      maximum: 8192,
      title: 'Block length',
      unit: 'tokens',
      group: 'Packing'
    },
    special: { type: 'boolean', default: true, title: 'Special tokens' },
    which: { type: 'string', title: 'Which ones', onlyWhen: 'special' },
    tags: { type: 'array', items: { type: 'string' }, title: 'Tags' }
  }
};

function draw(part: Partial<ISchemaFormProps> = {}): {
  onChange: ReturnType<typeof vi.fn>;
  rerender: (value: Record<string, unknown>) => void;
} {
  const onChange = vi.fn();
  const studio = {
    schema: () => Promise.resolve(SCHEMA)
  } as unknown as IMiStudio;
  const form = (value: Record<string, unknown>) => (
    <SchemaForm
      studio={studio}
      schema="TokenizeDataset"
      value={value}
      onChange={onChange}
      {...part}
    />
  );
  const { rerender } = render(form(part.value ?? {}));
  return { onChange, rerender: value => rerender(form(value)) };
}

describe('formGroups', () => {
  it('groups fields, the nameless group first', () => {
    expect(formGroups(SCHEMA, {}).map(group => group.title)).toEqual([
      '',
      'Packing'
    ]);
  });

  it('leaves out what does not matter', () => {
    const names = (value: Record<string, unknown>) =>
      Object.keys(formGroups(SCHEMA, value)[0].schema.properties!);
    expect(names({})).toContain('which');
    expect(names({ special: false })).not.toContain('which');
  });

  it('takes only the fields asked for, in their order', () => {
    const [group] = formGroups(
      SCHEMA,
      {},
      { fields: ['name', 'tokenizer', 'x'] }
    );
    expect(Object.keys(group.schema.properties!)).toEqual([
      'name',
      'tokenizer'
    ]);
    expect(group.schema.required).toEqual(['tokenizer']);
  });

  it('makes a nullable field an optional one', () => {
    const [group] = formGroups(SCHEMA, {}, { fields: ['name'] });
    expect(group.schema.properties!.name).toEqual({
      type: 'string',
      maxLength: 5,
      title: 'Name',
      description: undefined
    });
  });

  it('fills in defaults, but no nulls', () => {
    expect(withDefaults(SCHEMA, { tokenizer: '/t' })).toEqual({
      tokenizer: '/t',
      max_length: 512,
      special: true
    });
  });
});

describe('SchemaForm', () => {
  it('gives the focus to its first field, when asked to', async () => {
    draw({ autoFocus: true });
    const first = await screen.findByLabelText(/Tokenizer/);
    expect(document.activeElement).toBe(first);
  });

  it('has a labeled field for each, with unit, help and default', async () => {
    draw();
    const length = await screen.findByLabelText(/Block length/);
    expect((length as HTMLInputElement).value).toBe('512');
    expect(screen.getByText('tokens')).toBeDefined();
    expect(screen.getByText('Packing')).toBeDefined();
    expect(screen.getByLabelText(/Tokenizer/)).toBeDefined();
    expect(screen.getByText('A folder with a tokenizer in it.')).toBeDefined();
    expect(screen.getByRole('checkbox')).toBeDefined();
  });

  it('tells what was changed, and leaves out what was emptied', async () => {
    const { onChange, rerender } = draw({ value: { name: 'x' } });
    fireEvent.change(await screen.findByLabelText(/Tokenizer/), {
      target: { value: '/models/llama' }
    });
    expect(onChange.mock.lastCall![0]).toMatchObject({
      tokenizer: '/models/llama',
      name: 'x'
    });
    rerender({ name: 'x' });
    fireEvent.change(screen.getByLabelText(/Name/), { target: { value: '' } });
    expect(onChange.mock.lastCall![0]).not.toHaveProperty('name');
  });

  it('takes a list one a line', async () => {
    const { onChange } = draw();
    fireEvent.change(await screen.findByLabelText(/Tags/), {
      target: { value: 'one\n\ntwo' }
    });
    expect(onChange.mock.lastCall![0].tags).toEqual(['one', 'two']);
  });

  it('shows the server’s error at its field, with what to do', async () => {
    draw({
      error: new ApiError({
        message: 'There is no such folder.',
        hint: 'Look at the path.',
        code: 'bad_request',
        field: 'tokenizer',
        status: 400
      })
    });
    const field = (await screen.findByLabelText(/Tokenizer/)).closest(
      '.jp-mistudio-Field'
    )!;
    expect(field.textContent).toContain(
      'There is no such folder. Look at the path.'
    );
    expect(field.hasAttribute('data-wrong')).toBe(true);
  });

  it('shows an error of no field below all', async () => {
    draw({
      error: new ApiError({
        message: 'The disk is full.',
        hint: '',
        code: 'disk_full',
        status: 507
      })
    });
    await screen.findByLabelText(/Tokenizer/);
    expect(screen.getByRole('alert').textContent).toContain(
      'The disk is full.'
    );
  });

  it('says so when the schema does not come', async () => {
    const studio = {
      schema: () => Promise.reject(new Error('gone'))
    } as unknown as IMiStudio;
    draw({ studio });
    expect((await screen.findByRole('alert')).textContent).toContain('gone');
  });
});
