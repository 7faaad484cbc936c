// Votes as a bar with its numbers; nothing where the source has none.

interface Props {
  up: number | null;
  down: number | null;
}

const WIDTH = 48;

export function Votes({ up, down }: Props) {
  if (up === null || down === null) return null;
  const share = up + down > 0 ? up / (up + down) : 0;
  return (
    <span class="votes">
      <svg viewBox={`0 0 ${WIDTH} 4`} width={WIDTH} height="4" aria-hidden="true" focusable="false">
        <rect class="votes-all" width={WIDTH} height="4" rx="2" />
        {share > 0 && <rect class="votes-up" width={Math.max(3, WIDTH * share).toFixed(1)} height="4" rx="2" />}
      </svg>
      <span aria-hidden="true">
        +{up.toLocaleString("en")} −{down.toLocaleString("en")}
      </span>
      <span class="unseen">
        {up.toLocaleString("en")} votes for, {down.toLocaleString("en")} against
      </span>
    </span>
  );
}
