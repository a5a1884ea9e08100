import * as React from 'react';

/** A name, what it is, and where needed more of it on hover. */
export type Fact = readonly [
  name: string,
  value: React.ReactNode,
  title?: string
];

/** Facts of an object, one a line. */
export function Facts(props: {
  facts: readonly Fact[];
  label: string;
}): JSX.Element {
  return (
    <table className="jp-mistudio-Facts" aria-label={props.label}>
      <tbody>
        {props.facts.map(([name, value, title]) => (
          <tr key={name}>
            <th scope="row">
              <bdi>{name}</bdi>
            </th>
            <td title={title}>
              <bdi>{value}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
