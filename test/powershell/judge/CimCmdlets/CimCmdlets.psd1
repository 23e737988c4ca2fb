@{
    RootModule        = 'CimCmdlets.psm1'
    ModuleVersion     = '1.0.0.0'
    GUID              = 'fb6cc51d-c096-4b38-b78d-0fed6277096a'
    Author            = 'stand-in'
    Description       = 'Stand-in for the Windows CimCmdlets module (tests only)'
    PowerShellVersion = '5.1'
    FunctionsToExport = @('Get-CimInstance', 'Get-CimAssociatedInstance', 'Get-CimClass', 'Invoke-CimMethod', 'New-CimInstance', 'New-CimSession', 'Get-CimSession', 'Remove-CimSession', 'New-CimSessionOption')
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
