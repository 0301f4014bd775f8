export function withoutUnused(css: string, texts: readonly string[]): string;
