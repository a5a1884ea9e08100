// JupyterLab's own code expects these of a browser, and jsdom lacks them.

class Observer {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

Object.assign(globalThis, {
  DragEvent: class extends MouseEvent {
    readonly dataTransfer: DataTransfer | null = null;
  },
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
