import type { Locator, Page } from '@playwright/test';

export interface IPoint {
  x: number;
  y: number;
}

/** A drag as a hand makes it: press, leave, travel, arrive, rest, release. */
export async function dragTo(
  page: Page,
  from: Locator,
  to: IPoint
): Promise<void> {
  await startDrag(page, from);
  await page.mouse.move(to.x, to.y, { steps: 12 });
  // One more move on the spot: the target is chosen as the pointer moves.
  await page.mouse.move(to.x, to.y + 1);
  await page.mouse.up();
}

/** Press and leave, so that what follows the pointer can be looked at. */
export async function startDrag(page: Page, from: Locator): Promise<void> {
  await from.scrollIntoViewIfNeeded();
  const { x, y } = await center(from);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 4, y + 3);
  await page.mouse.move(x + 12, y + 6, { steps: 4 });
}

export async function center(locator: Locator): Promise<IPoint> {
  return pointIn(locator, 0.5, 0.5);
}

/** A point of a box, by shares of its width and height. */
export async function pointIn(
  locator: Locator,
  right: number,
  down: number
): Promise<IPoint> {
  const box = await locator.boundingBox();
  if (!box) {
    throw new Error(`Not to be seen: ${locator}`);
  }
  return { x: box.x + box.width * right, y: box.y + box.height * down };
}
