export function KitPage() {
  return (
    <main className="p-6">
      <h1 className="text-20 font-semibold">Components</h1>
    </main>
  );
}
