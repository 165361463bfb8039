/** What the reader visits is kept for when there is no network. */
import { useRoute, withBase } from 'vitepress';
import { onMounted, watch } from 'vue';

export function useOffline(): void {
  const route = useRoute();
  onMounted(() => {
    // Who saves data keeps nothing; a page under development would only get stale.
    const { connection } = navigator as { connection?: { saveData?: boolean } };
    if (!import.meta.env.PROD || !('serviceWorker' in navigator) || connection?.saveData) return;
    void keep();
    watch(() => route.path, keep);
  });
}

async function keep(): Promise<void> {
  try {
    await idle();
    await navigator.serviceWorker.register(withBase('/service-worker.js'));
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage({ visited: location.href });
  } catch {
    // Private windows and some hosts have none: the page needs a network then, as any other.
  }
}

/** Not while the page still loads what it shows. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    const wait = () =>
      'requestIdleCallback' in window ? requestIdleCallback(() => resolve()) : setTimeout(resolve, 1000);
    if (document.readyState === 'complete') wait();
    else addEventListener('load', wait, { once: true });
  });
}
