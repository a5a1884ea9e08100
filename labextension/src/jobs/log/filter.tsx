import * as React from 'react';
import type { LogLevel } from '../../api/types';
import { exact } from '../../ui/format';
import { useTrans } from '../../ui/hooks';
import { LEVELS, type LogModel } from './model';

/** From which level on lines are shown, and with what text in them. */
export function LogFilter({ log }: { log: LogModel }): JSX.Element {
  const trans = useTrans();
  const words: Record<LogLevel, string> = {
    info: trans.__('all'),
    warning: trans.__('warnings'),
    error: trans.__('errors')
  };
  return (
    <div className="jp-mistudio-Log-filter" role="search">
      <input
        type="search"
        className="jp-mod-styled"
        aria-label={trans.__('Search in the log')}
        placeholder={trans.__('Search in the log')}
        maxLength={500}
        value={log.search}
        onChange={event => {
          log.search = event.target.value;
        }}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            log.search = '';
          }
        }}
      />
      <div
        className="jp-mistudio-Filter-states"
        role="group"
        aria-label={trans.__('Filter by level')}
      >
        {LEVELS.map(level => (
          <button
            key={level}
            type="button"
            aria-pressed={log.level === level}
            onClick={() => {
              log.level = level;
            }}
          >
            {words[level]} <span>{exact(log.count(level))}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
