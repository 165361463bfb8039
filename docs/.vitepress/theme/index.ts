/** VitePress's default theme with this project's colours, formulas and live examples. */
import DefaultTheme from 'vitepress/theme';
import 'katex/dist/katex.min.css';
import './brand.css';
import './live.css';
import './navigation.css';
import './pages.css';
import './studies.css';
import './verdicts.css';
import { useOffline } from './offline.ts';
import { useReachableScrolling } from './reachable-scrolling.ts';

export default {
  extends: DefaultTheme,
  setup() {
    useReachableScrolling();
    useOffline();
  },
};
