import { Button, type ButtonProps } from "@/ui/Button";
import { Tooltip } from "@/ui/Tooltip";

/** A button for those who may; for others it stays, says why not, and does nothing. */
export function RightButton({ isAllowed, why, onClick, ...rest }: ButtonProps & { isAllowed: boolean; why: string }) {
  if (isAllowed) return <Button onClick={onClick} {...rest} />;
  return (
    <Tooltip label={why}>
      <Button {...rest} aria-disabled type="button" />
    </Tooltip>
  );
}
