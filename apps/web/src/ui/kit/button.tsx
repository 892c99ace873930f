import type { ComponentProps } from "react";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "medium" | "small" | "icon";

const variants: Record<ButtonVariant, string> = {
  primary:
    "bg-accent text-on-accent hover:bg-accent-hover forced-colors:border forced-colors:border-solid",
  secondary: "border border-edge bg-surface text-text hover:bg-hover",
  quiet: "text-muted hover:bg-hover hover:text-text",
  danger: "border border-danger bg-surface text-danger hover:bg-hover",
};

const sizes: Record<ButtonSize, string> = {
  medium: "min-h-10 px-4 pointer-coarse:min-h-11",
  small: "min-h-8 px-3 text-meta pointer-coarse:min-h-11",
  icon: "size-9 pointer-coarse:size-11",
};

/** The look of a button, also for a link that leads somewhere important. */
export const buttonClass = (variant: ButtonVariant = "secondary", size: ButtonSize = "medium") =>
  `inline-flex shrink-0 select-none items-center justify-center gap-2 rounded-control font-medium whitespace-nowrap transition-colors active:translate-y-px disabled:pointer-events-none aria-disabled:cursor-default aria-disabled:border-divider aria-disabled:bg-hover aria-disabled:text-muted ${variants[variant]} ${sizes[size]}`;

export interface ButtonProps extends ComponentProps<"button"> {
  variant?: ButtonVariant;
  size?: ButtonSize;
}

/** A button; its `type` is "button" by default, so that it never submits by accident. */
export function Button({ variant, size, className = "", type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={`${buttonClass(variant, size)} ${className}`} {...rest} />;
}
