export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export const rightOf = (box: Box): number => box.x + box.width;
export const bottomOf = (box: Box): number => box.y + box.height;
export const middleOf = (box: Box): number => box.x + box.width / 2;

export const spans = (box: Box, top: number, bottom: number): boolean => box.y < bottom && bottomOf(box) > top;

export const overlap = (a: Box, b: Box): boolean => a.x < rightOf(b) && b.x < rightOf(a) && spans(a, b.y, bottomOf(b));

/** The least x among boxes; what they leave free is to their left. */
export const leastX = (boxes: readonly Box[]): number => Math.min(...boxes.map((box) => box.x));
export const greatestX = (boxes: readonly Box[]): number => Math.max(...boxes.map(rightOf));

/** The box around all points. */
export function boundsOf(points: readonly Point[]): Box {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
