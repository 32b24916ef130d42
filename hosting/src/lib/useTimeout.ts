import { useEffect, useState } from "react";

/** Whether `waiting` has been true for so long. */
export function useTimeout(waiting: boolean, milliseconds: number): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(setOver, milliseconds, true);
    return () => {
      clearTimeout(timer);
      setOver(false);
    };
  }, [waiting, milliseconds]);
  return over;
}
