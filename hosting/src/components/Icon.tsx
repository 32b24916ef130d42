import styles from "./Icon.module.css";

const paths = {
  home: "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
  search:
    "M10.5 4a6.5 6.5 0 1 0 4 11.6l4.5 4.4 1.4-1.4-4.4-4.5A6.5 6.5 0 0 0 10.5 4zm0 2a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z",
  bag: "M7 8V7a5 5 0 0 1 10 0v1h3l1 13H3L4 8zm2 0h6V7a3 3 0 0 0-6 0z",
  you: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zm0 10c5 0 8 2.5 8 6v1H4v-1c0-3.500 3-6 8-6z",
  heart:
    "M12 20.500C5 15.500 3 12 3 8.800 3 6 5 4 7.600 4c1.800 0 3.400 1 4.400 2.600C13 5 14.600 4 16.400 4 19 4 21 6 21 8.800c0 3.200-2 6.700-9 11.700z",
  sound: "M4 9v6h4l5 4V5L8 9zm12-.5a5 5 0 0 1 0 7M18.500 6a8.500 8.500 0 0 1 0 12",
  muted: "M4 9v6h4l5 4V5L8 9zm12.500.500 5 5m0-5-5 5",
  back: "m14 5-7 7 7 7",
  close: "m6 6 12 12M18 6 6 18",
  play: "M8 5v14l11-7z",
  plus: "M12 5v14M5 12h14",
  filter: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5",
  down: "m6 9.500 6 6 6-6",
  check: "m5 12.500 4.500 4.500L19 7.500",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.500l3 1.800",
  grid: "M5 5h5v5H5zM14 5h5v5h-5zM5 14h5v5H5zM14 14h5v5h-5z",
  star: "m12 4 2.200 5.300 5.800.500-4.400 3.800 1.300 5.600-4.900-3-4.900 3 1.300-5.600L4 9.800l5.800-.500z",
  tag: "M4 4h8l8 8-8 8-8-8zM8 8v.01",
  share: "M12 14V4m0 0L8 8m4-4 4 4M6 12v7h12v-7",
  bookmark: "M6 4h12v16.500l-6-4.500-6 4.500z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5",
  minus: "M5 12h14",
  retry: "M18.500 14a7 7 0 1 1-1.500-7l2 2m0-5v5h-5",
  fill: "M17 17 7.500 7.500M7 15V7h8",
} as const;

export type IconName = keyof typeof paths;

const outlined = new Set<IconName>([
  "sound",
  "muted",
  "back",
  "close",
  "plus",
  "minus",
  "retry",
  "share",
  "trash",
  "check",
  "clock",
  "grid",
  "star",
  "tag",
  "fill",
  "filter",
  "down",
]);

/** They point to where a line of text begins. */
const directed = new Set<IconName>(["back", "fill"]);

/** A decorative sign; what it stands for is said by the button around it. */
export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  const outline = outlined.has(name);
  return (
    <svg
      className={directed.has(name) ? styles.directed : undefined}
      viewBox="0 0 24 24"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      <path
        d={paths[name]}
        fill={outline ? "none" : "currentColor"}
        stroke={outline ? "currentColor" : "none"}
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
        fillRule="evenodd"
      />
    </svg>
  );
}
