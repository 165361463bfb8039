/** What scrolls sideways inside a page, as wide tables and formulas do on a phone, can be scrolled by keyboard. */
import { onContentUpdated } from 'vitepress';
import { onBeforeUnmount, onMounted } from 'vue';

const WIDE = '.vp-doc table, .vp-doc .katex-block, .vp-doc p:has(.katex), .vp-doc figure, .vp-doc .scrolls';

export function useReachableScrolling(): void {
  let observer: ResizeObserver | undefined;
  const reach = (element: Element) => {
    if (element.scrollWidth > element.clientWidth + 1) element.setAttribute('tabindex', '0');
    else element.removeAttribute('tabindex');
  };
  const watch = () => {
    observer?.disconnect();
    for (const element of document.querySelectorAll(WIDE)) observer?.observe(element);
  };
  onMounted(() => {
    observer = new ResizeObserver((entries) => {
      for (const { target } of entries) reach(target);
    });
    watch();
  });
  onContentUpdated(watch);
  onBeforeUnmount(() => observer?.disconnect());
}
