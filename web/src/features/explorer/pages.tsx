/** The lists of a project. */
import { ExplorerPage } from "./ExplorerPage";
import { OBSERVATIONS } from "./observations";
import { SCORES } from "./scores";
import { SESSIONS } from "./sessions";
import { TRACES } from "./traces";
import { USERS } from "./users";

export function TracesPage() {
  return <ExplorerPage look={TRACES} />;
}

export function ObservationsPage() {
  return <ExplorerPage look={OBSERVATIONS} />;
}

export function SessionsPage() {
  return <ExplorerPage look={SESSIONS} />;
}

export function UsersPage() {
  return <ExplorerPage look={USERS} />;
}

export function ScoresPage() {
  return <ExplorerPage look={SCORES} />;
}
