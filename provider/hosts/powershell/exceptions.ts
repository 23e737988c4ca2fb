import type { FailureAnswer } from "./answers";

/** What an exception says of the call that ended with it. */
export type ExceptionMeaning =
	/** A refusal, in the return codes of the API: nothing was done. */
	| { readonly means: "refused"; readonly returnCode: number }
	/** It ended on this side of the provider. */
	| { readonly means: "notSent" }
	/** It may have ended behind the effect: only the array can tell. */
	| { readonly means: "unknown" };

/** Faces of one refusal: Windows' own error, the one of its transport, the cmdlets' newer and older spelling of it. */
export interface ExceptionRow {
	/** Name of MI_Result, as `CimException.NativeErrorCode` has it, and its number; `null`: MI has none for it. */
	readonly native: readonly [name: string, number: number] | null;
	/** HRESULTs, without 0x. */
	readonly hResults: readonly string[];
	readonly meaning: ExceptionMeaning;
	readonly source: string;
}

const refused = (returnCode: number): ExceptionMeaning => ({ means: "refused", returnCode });
const notSent: ExceptionMeaning = { means: "notSent" };

/**
 * What an operator reads as "refused" reaches PowerShell as one of several exceptions, by provider, transport and age of
 * Windows. Taken for a cut-off call it would cost a night: an outcome that is not known forbids the next step. After a
 * refusal the array is looked at all the same, so a wrong row costs a sentence.
 * Numbers: MI_Result of mi.h (microsoft/omi), "WMI Error Constants" (MicrosoftDocs/win32); meaning: the source of each row.
 */
export const exceptionRows: readonly ExceptionRow[] = [
	{
		native: ["AccessDenied", 2],
		// WBEM_E_ACCESS_DENIED, E_ACCESSDENIED of DCOM and WinRM, ERROR_WSMAN_WMI_SVC_ACCESS_DENIED.
		hResults: ["80041003", "80070005", "80338104"],
		meaning: refused(40001),
		source: "return code 40001 Access denied; ERROR_WSMAN_WMI_SVC_ACCESS_DENIED: microsoft/windows-docs-rs",
	},
	{
		native: ["NotSupported", 7],
		// WBEM_E_NOT_SUPPORTED, WBEM_E_PROVIDER_NOT_CAPABLE.
		hResults: ["8004100c", "80041024"],
		meaning: refused(1),
		source:
			"what a provider answers for a method that it does not implement: MicrosoftDocs/windows-driver-docs, smp-development",
	},
	{
		native: ["MethodNotAvailable", 16],
		// WBEM_E_METHOD_DISABLED.
		hResults: ["80041056"],
		meaning: refused(1),
		source: "MI_RESULT_METHOD_NOT_AVAILABLE: the class has the method, its provider does not serve it",
	},
	{
		native: ["MethodNotFound", 17],
		// WBEM_E_INVALID_METHOD, WBEM_E_METHOD_NOT_IMPLEMENTED.
		hResults: ["8004102e", "80041055"],
		meaning: refused(1),
		source: "MI_RESULT_METHOD_NOT_FOUND: the class has no such method",
	},
	{
		native: ["NotFound", 6],
		// WBEM_E_NOT_FOUND.
		hResults: ["80041002"],
		meaning: refused(8),
		source: "return code 8 Object Not Found: the instance that the method is called on is gone",
	},
	{
		native: ["InvalidParameter", 4],
		// WBEM_E_INVALID_PARAMETER.
		hResults: ["80041008"],
		meaning: refused(5),
		source: "return code 5 Invalid Parameter",
	},
	{
		native: ["InvalidClass", 5],
		// WBEM_E_INVALID_CLASS.
		hResults: ["80041010"],
		meaning: notSent,
		source: "MI_RESULT_INVALID_CLASS: nobody implements the class, so nobody was asked",
	},
	{
		native: ["InvalidNamespace", 3],
		// WBEM_E_INVALID_NAMESPACE.
		hResults: ["8004100e"],
		meaning: notSent,
		source: "MI_RESULT_INVALID_NAMESPACE: the Storage Management API is not there",
	},
	{
		native: null,
		// WBEM_E_PROVIDER_NOT_FOUND, WBEM_E_PROVIDER_LOAD_FAILURE.
		hResults: ["80041011", "80041013"],
		meaning: notSent,
		source: "WMI Error Constants: COM cannot find or load the provider, so it was not called",
	},
];

/** CimCmdlets and PowerShell refuse an argument or a command of their own before anything is sent. */
const ownRefusal = /(?:CommandNotFound|ParameterBinding|\bArgument)(?:\w*)Exception$/;

/** The names that an error record may go by. */
export type ExceptionNames = Pick<ExceptionRow, "native" | "hResults">;

/** Whether an error record goes by one of these names, in any of the spellings that Windows has for them. */
export function goesBy(
	{ native, hResults }: ExceptionNames,
	{ errorId, messageId, nativeErrorCode }: Pick<FailureAnswer, "errorId" | "messageId" | "nativeErrorCode">,
): boolean {
	const ids = `${errorId}\n${messageId ?? ""}`;
	if (hResults.some((hResult) => new RegExp(`\\b(?:0x)?${hResult}\\b`, "i").test(ids))) return true;
	if (native === null) return false;
	const [name, number] = native;
	return (
		nativeErrorCode === name || new RegExp(`\\b(?:MiClientApiError_|MI RESULT )(?:${number}|${name})\\b`).test(ids)
	);
}

/** The meaning of an exception in a call. What no row knows stays unknown. */
export function meaningOf(exception: Omit<FailureAnswer, "ok">): ExceptionMeaning {
	const row = exceptionRows.find((names) => goesBy(names, exception));
	if (row !== undefined) return row.meaning;
	if (ownRefusal.test(exception.type)) return notSent;
	return exception.category === "PermissionDenied" ? refused(40001) : { means: "unknown" };
}
