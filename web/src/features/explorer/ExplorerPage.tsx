export function TracesPage() {
  return <p>Traces</p>;
}

export function ObservationsPage() {
  return <p>Observations</p>;
}
