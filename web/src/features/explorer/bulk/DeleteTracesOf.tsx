import { useQuery } from "@tanstack/react-query";

import { countQuery, type Question } from "@/api/explorer";
import { formatCount } from "@/lib/formatters";
import { Dialog } from "@/ui/Dialog";
import { ErrorState, Skeleton } from "@/ui/states";

import { DeleteDialog } from "./DeleteDialog";

interface DeleteTracesOfProps {
  noun: "session" | "user";
  /** How many of them. */
  amount: number;
  /** Of all their traces. */
  question: Question;
  onDone: () => void;
  onClose: () => void;
}

/** Counts the traces of sessions or users, and asks for the number before they go. */
export function DeleteTracesOf({ noun, amount, question, onDone, onClose }: DeleteTracesOfProps) {
  const found = useQuery({ ...countQuery(question), staleTime: 0, gcTime: 0, refetchOnWindowFocus: false });
  const what = amount === 1 ? `the ${noun}` : `the ${formatCount(amount)} ${noun}s`;
  if (found.data === undefined || found.isFetching)
    return (
      <Dialog title="Delete traces" isOpen onClose={onClose}>
        {found.isError ? (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton className="h-10" />
        )}
      </Dialog>
    );
  if (found.data.count === 0)
    return (
      <Dialog title="Delete traces" isOpen onClose={onClose}>
        <p>Nothing is left of {what} in these environments.</p>
      </Dialog>
    );
  return (
    <DeleteDialog
      level="traces"
      question={question}
      ids={null}
      count={found.data.isExact ? found.data.count : null}
      isOpen
      which={`They are all traces of ${what}, whenever they were${question.env.length > 0 ? ", in the environments that are chosen" : ""}.`}
      onDone={onDone}
      onClose={onClose}
    />
  );
}
