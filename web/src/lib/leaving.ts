/** What has to be done before somebody signs out, because it needs their session. */
type Duty = () => Promise<boolean>;

const duties = new Set<Duty>();

/** Do something before anybody leaves; false keeps them here. */
export const beforeLeaving = (duty: Duty): void => void duties.add(duty);

/** Do all of it; whether nothing keeps anybody here. */
export const mayLeave = async (): Promise<boolean> =>
  (await Promise.all([...duties].map((duty) => duty()))).every(Boolean);
