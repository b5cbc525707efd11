export function NotFound() {
  return <p className="p-6 text-text-2">This page does not exist.</p>;
}
