import type { ComponentProps } from "react";

interface Props extends ComponentProps<"button"> {
  busy: boolean;
}

/** What it does takes a while, in which it does nothing. Not disabled: it would lose the focus to the page. */
export function BusyButton({ busy, onClick, ...button }: Props) {
  return (
    <button
      type="button"
      className="button"
      {...button}
      aria-disabled={busy}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}
