Write-Output tools
