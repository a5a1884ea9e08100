import { shortTitles } from './titles';

describe('the titles of SAEs, in short', () => {
  it('are whole where there is one, with its hook point in short', () => {
    expect(shortTitles(['layers.2.resid_post · width 256 · k 8'])).toEqual([
      'L2 resid_post · width 256 · k 8'
    ]);
    expect(
      shortTitles(['layers.1.resid_pre → layers.2.mlp_out · width 64 · k 4'])
    ).toEqual(['L1 resid_pre → L2 mlp_out · width 64 · k 4']);
    expect(shortTitles([])).toEqual([]);
  });

  it('have only what tells them apart', () => {
    expect(
      shortTitles([
        'layers.2.resid_post · width 256 · k 8',
        'layers.2.resid_post · width 256 · k 16'
      ])
    ).toEqual(['k 8', 'k 16']);
    expect(
      shortTitles([
        'layers.2.resid_post · width 256 · k 8',
        'layers.2.resid_post · width 256 · k 16',
        'layers.1.mlp_out · width 256 · k 8'
      ])
    ).toEqual([
      'L2 resid_post · k 8',
      'L2 resid_post · k 16',
      'L1 mlp_out · k 8'
    ]);
  });

  it('are whole where they are alike', () => {
    const title = 'blocks.2.hook_resid_post · width 256 · k 8';
    expect(shortTitles([title, title])).toEqual([title, title]);
  });
});
