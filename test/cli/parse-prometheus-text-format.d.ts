/** What of it is used here; it brings no types. */
declare module "parse-prometheus-text-format" {
	export default function parsePrometheusText(text: string): readonly {
		readonly name: string;
		readonly type: string;
		readonly metrics: readonly { readonly value?: string; readonly labels?: Readonly<Record<string, string>> }[];
	}[];
}
