import { useEffect, useState } from 'react';
import { train } from './model.ts';
import { type Point, points } from './points.ts';

export function App() {
  const [epochs, setEpochs] = useState(0);
  const [goal, setGoal] = useState(100);
  const [error, setError] = useState<number>();
  const [picture, setPicture] = useState<Point[]>([]);

  // Five epochs at a time, so that the page can show what has been learned between them.
  useEffect(() => {
    let isCurrent = true;
    async function step() {
      if (epochs >= goal) return;
      const now = await train(5);
      const drawn = await points();
      if (!isCurrent) return;
      setError(now);
      setPicture(drawn);
      setEpochs(epochs + 5);
    }
    step();
    return () => {
      isCurrent = false;
    };
  }, [epochs, goal]);

  return (
    <main>
      <h1>A mixture of experts</h1>
      <p id="status">
        {error === undefined ? 'Training ...' : `epoch ${epochs}: mean squared error ${error.toFixed(4)}`}
      </p>
      <svg
        viewBox="0 0 400 200"
        role="img"
        aria-label="The curve that the model has learned, in the colours of its experts"
      >
        {picture.map(({ cx, cy, fill }, i) => (
          <circle
            key={i}
            cx={cx}
            cy={cy}
            r={fill ? 2 : 1.5}
            fill={fill}
            className={fill ? undefined : 'target'}
          />
        ))}
      </svg>
      <p>Every colour is an expert. The grey points are what is to be learned.</p>
      <button type="button" disabled={epochs < goal} onClick={() => setGoal(goal + 100)}>
        Train on
      </button>
    </main>
  );
}
