// JupyterLab's own code expects these of a browser, and jsdom lacks them.

class Observer {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

Object.assign(globalThis, {
  DragEvent: class extends MouseEvent {
    constructor(type: string, init?: MouseEventInit) {
      // Lumino gives the test's window, which is not jsdom's own.
      super(type, { ...init, view: null });
    }

    readonly dataTransfer: DataTransfer | null = null;
  },
  PointerEvent: class extends MouseEvent {},
  ResizeObserver: Observer,
  IntersectionObserver: Observer,
  requestIdleCallback: (run: () => void) => setTimeout(run, 0),
  cancelIdleCallback: clearTimeout
});

window.matchMedia = (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener() {},
    removeEventListener() {},
    addListener() {},
    removeListener() {},
    dispatchEvent: () => false
  }) as MediaQueryList;

Element.prototype.scrollIntoView = () => {};

// It draws nothing, but measures and remembers, as charts need it to.
HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement) {
  const kept: Record<PropertyKey, unknown> = { canvas: this };
  return new Proxy(kept, {
    get: (_, name) =>
      name in kept ? kept[name] : () => ({ width: 8, height: 8 })
  });
} as unknown as HTMLCanvasElement['getContext'];

Object.assign(globalThis, {
  Path2D: class {
    rect(): void {}
    moveTo(): void {}
    lineTo(): void {}
    arc(): void {}
  }
});
