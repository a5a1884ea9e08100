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

  it('leaves out what matters only where another field has one of some values', () => {
    const schema = {
      properties: {
        layout: { type: 'string', default: 'packed', title: 'Layout' },
        padding: { type: 'string', onlyWhen: 'layout=rows' },
        odd: { type: 'string', onlyWhen: 'padding=a=b' },
        either: { type: 'string', onlyWhen: 'layout=one|two' }
      }
    };
    const names = (value: Record<string, unknown>) =>
      Object.keys(formGroups(schema, value)[0].schema.properties!);
    expect(names({})).toEqual(['layout']);
    expect(names({ layout: 'rows' })).toEqual(['layout', 'padding']);
    expect(names({ layout: 'row' })).toEqual(['layout']);
    expect(names({ padding: 'a=b' })).toEqual(['layout', 'odd']);
    expect(names({ layout: 'two' })).toEqual(['layout', 'either']);
    expect(names({ layout: 'one|two' })).toEqual(['layout']);
    // Of a value that the rules do not know, nobody can say what matters.
    Object.assign(schema.properties.layout, { known: ['one', 'two', 'rows'] });
    expect(names({ layout: 'new' })).toEqual(['layout', 'padding', 'either']);
    expect(names({ layout: 'two' })).toEqual(['layout', 'either']);
  });

  it('makes a text that can be one of some a choice, and keeps what it is', () => {
    const choices = {
      name: [{ value: 'a' }, { value: 'b', blocked: 'No.' }, { value: 'c' }]
    };
    const of = (value: Record<string, unknown>) =>
      formGroups(SCHEMA, value, { fields: ['name'], choices })[0].schema
        .properties!.name.enum;
    expect(of({})).toEqual(['a', 'c']);
    expect(of({ name: 'c' })).toEqual(['a', 'c']);
    expect(of({ name: 'gone' })).toEqual(['gone', 'a', 'c']);
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
  it('says in words what does not fit', async () => {
    draw({ value: { tokenizer: 'a', name: 'too long', max_length: 0.5 } });
    expect(await screen.findByText('At most 5 characters.')).toBeTruthy();
    expect(screen.getByText(/It must be a whole number\./)).toBeTruthy();
    expect(screen.getByText(/It must be 1 or more\./)).toBeTruthy();
  });

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

  it('has labels that lead to its own fields, where another form asks for the same', async () => {
    const forms = [draw(), draw()];
    await screen.findAllByLabelText(/Block length/);
    const inputs =
      document.querySelectorAll<HTMLInputElement>('input[type=number]');
    const labels = screen.getAllByText(/Block length/, { selector: 'label' });
    expect(labels.map(each => (each as HTMLLabelElement).control)).toEqual([
      ...inputs
    ]);
    expect(inputs).toHaveLength(forms.length);
    fireEvent.change(inputs[1], { target: { value: '64' } });
    expect(forms[0].onChange).not.toHaveBeenCalled();
    expect(forms[1].onChange.mock.lastCall![0]).toEqual({ max_length: 64 });
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

  it('tells a field that was emptied from one that nobody touched, where null means something else', async () => {
    const batch = {
      anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }],
      default: 8,
      title: 'Batch size'
    };
    const other = { type: 'string', title: 'Other' };
    const studio = {
      schema: () =>
        Promise.resolve({ type: 'object', properties: { batch, other } })
    } as unknown as IMiStudio;
    const { onChange, rerender } = draw({ studio });
    const field = () => screen.getByLabelText<HTMLInputElement>(/Batch size/);
    fireEvent.change(await screen.findByLabelText('Other'), {
      target: { value: 'x' }
    });
    expect(onChange.mock.lastCall![0]).toEqual({ other: 'x' });
    expect(field().value).toBe('8');
    fireEvent.change(field(), { target: { value: '' } });
    expect(onChange.mock.lastCall![0].batch).toBe(null);
    rerender({ batch: null });
    expect(field().value).toBe('');
    expect(screen.queryByRole('alert')).toBeNull();
    fireEvent.change(screen.getByLabelText('Other'), {
      target: { value: 'y' }
    });
    expect(onChange.mock.lastCall![0]).toEqual({ batch: null, other: 'y' });
    fireEvent.change(field(), { target: { value: '16' } });
    expect(onChange.mock.lastCall![0].batch).toBe(16);
  });

  it('takes a list one a line', async () => {
    const { onChange } = draw();
    fireEvent.change(await screen.findByLabelText(/Tags/), {
      target: { value: 'one\n\ntwo' }
    });
    expect(onChange.mock.lastCall![0].tags).toEqual(['one', 'two']);
  });

  it('leaves to the server what nobody touched', async () => {
    const { onChange } = draw();
    fireEvent.change(await screen.findByLabelText(/Tokenizer/), {
      target: { value: '/t' }
    });
    expect(onChange.mock.lastCall![0]).toEqual({ tokenizer: '/t' });
    fireEvent.click(screen.getByRole('checkbox'));
    expect(onChange.mock.lastCall![0]).toEqual({
      tokenizer: '/t',
      special: false
    });
  });

  const FIELDS = {
    truncation: {
      type: 'string',
      enum: ['longest_first', 'none'],
      default: 'longest_first',
      title: 'Truncation'
    },
    split: {
      anyOf: [{ type: 'string', enum: ['train', 'test'] }, { type: 'null' }],
      default: null,
      title: 'Split'
    },
    template: {
      anyOf: [{ type: 'string', maxLength: 100_000 }, { type: 'null' }],
      default: null,
      title: 'Template'
    },
    between: { type: 'string', default: '\n\n', title: 'Between' },
    columns: {
      anyOf: [
        { type: 'array', items: { type: 'string' }, minItems: 1 },
        { type: 'null' }
      ],
      default: null,
      title: 'Columns'
    }
  };

  function drawFields(part: Partial<ISchemaFormProps> = {}) {
    const studio = {
      schema: () => Promise.resolve({ type: 'object', properties: FIELDS })
    } as unknown as IMiStudio;
    return draw({ studio, ...part });
  }

  it('shows terse choices as words; an optional one can be none', async () => {
    const { onChange } = drawFields();
    const words = (label: string) =>
      Array.from(
        screen.getByLabelText<HTMLSelectElement>(label).options,
        each => each.text
      );
    await screen.findByLabelText('Truncation');
    expect(words('Truncation')).toEqual(['Longest first', 'None']);
    expect(words('Split')).toEqual(['', 'Train', 'Test']);
    fireEvent.change(screen.getByLabelText('Split'), {
      target: { value: '1' }
    });
    expect(onChange.mock.lastCall![0]).toEqual({ split: 'test' });
  });

  it('takes the choice back to none', async () => {
    const { onChange } = drawFields({ value: { split: 'test' } });
    fireEvent.change(await screen.findByLabelText('Split'), {
      target: { value: '' }
    });
    expect(onChange.mock.lastCall![0]).toEqual({});
  });

  it('gives lines to a long text', async () => {
    const { onChange } = drawFields();
    const field = await screen.findByLabelText('Template');
    expect(field.tagName).toBe('TEXTAREA');
    fireEvent.change(field, { target: { value: '{{ a }}\n' } });
    expect(onChange.mock.lastCall![0]).toEqual({ template: '{{ a }}\n' });
  });

  it('writes line ends and tabs so that they can be seen', async () => {
    const { onChange } = drawFields();
    const field = await screen.findByLabelText<HTMLInputElement>('Between');
    expect(field.value).toBe('\\n\\n');
    fireEvent.change(field, { target: { value: '\\\\n\\t\\n\\x' } });
    expect(onChange.mock.lastCall![0]).toEqual({ between: '\\n\t\n\\x' });
    fireEvent.change(field, { target: { value: '' } });
    expect(onChange.mock.lastCall![0]).toEqual({ between: '' });
  });

  it('has boxes for a list of what is known, in the order of ticking', async () => {
    const choices = {
      columns: [
        { value: '<b>one</b>', detail: 'text' },
        { value: 'two' },
        { value: 'three', blocked: 'It holds no text.' }
      ]
    };
    const { onChange, rerender } = drawFields({ choices });
    const group = await screen.findByRole('group', { name: 'Columns' });
    const box = (name: string) =>
      screen.getByRole<HTMLInputElement>('checkbox', { name });
    expect(group.querySelector('b')).toBeNull();
    expect(box('three').disabled).toBe(true);
    fireEvent.click(box('two'));
    expect(onChange.mock.lastCall![0]).toEqual({ columns: ['two'] });
    rerender({ columns: ['two'] });
    fireEvent.click(box('<b>one</b>'));
    expect(onChange.mock.lastCall![0].columns).toEqual(['two', '<b>one</b>']);
    rerender({ columns: ['two', '<b>one</b>', 'gone'] });
    expect(group.textContent).toBe('<b>one</b>text2two1threegoneis not there3');
    fireEvent.click(box('gone'));
    expect(onChange.mock.lastCall![0].columns).toEqual(['two', '<b>one</b>']);
    rerender({ columns: ['two'] });
    fireEvent.click(box('two'));
    expect(onChange.mock.lastCall![0].columns).toEqual([]);
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
