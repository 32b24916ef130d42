import { Link, useLocation } from "react-router";
import { Icon } from "../components/Icon";
import { bag } from "../lib/bag";
import { strings } from "../lib/strings";

const places = [
  { to: "/", icon: "home", label: strings.home },
  { to: "/search", icon: "search", label: strings.search },
  { to: "/bag", icon: "bag", label: strings.bag },
  { to: "/you", icon: "you", label: strings.you },
] as const;

export function Navigation() {
  const items = bag.use().length;
  const { pathname } = useLocation();
  // Both feeds are at home.
  const here = pathname === "/following" ? "/" : pathname;
  return (
    <nav className="navigation" aria-label={strings.appName}>
      {places.map(({ to, icon, label }) => (
        <Link key={to} to={to} aria-current={to === here ? "page" : undefined}>
          <Icon name={icon} />
          <span>{label}</span>
          {to === "/bag" && items > 0 && <span className="badge">{items}</span>}
        </Link>
      ))}
    </nav>
  );
}
