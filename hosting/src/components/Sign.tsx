import { Icon, type IconName } from "./Icon";
import styles from "./Sign.module.css";

/** What a page without its usual content is about, at a glance. */
export function Sign({ name }: { name: IconName }) {
  return (
    <span className={styles.sign}>
      <Icon name={name} size={40} />
    </span>
  );
}
