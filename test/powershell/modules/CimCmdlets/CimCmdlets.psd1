@{
	RootModule = 'CimCmdlets.psm1'
	ModuleVersion = '1.0.0'
	GUID = '0c7f3c0e-9a5c-4f0c-8a53-5a4a5d0a6c11'
	Description = 'A stand-in for Windows: the CIM cmdlets over arrays that live in a JSON file. For tests only.'
	FunctionsToExport = @('Get-CimInstance', 'Get-CimAssociatedInstance', 'Get-CimClass', 'Invoke-CimMethod', 'New-CimInstance', 'New-CimSession', 'Get-CimSession', 'Remove-CimSession', 'New-CimSessionOption')
	CmdletsToExport = @()
	VariablesToExport = @()
	AliasesToExport = @()
}
