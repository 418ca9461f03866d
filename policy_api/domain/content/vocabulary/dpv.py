"""Terms of the core vocabulary: roles, purposes, durations, kinds of policy, sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policy_api.domain.content.vocabulary.term import N_

LEGAL_BASES: Final[Mapping[str, str]] = {
    "dpv:Consent": N_("Consent"),
    "dpv:Contract": N_("Contract"),
    "dpv:LegalObligation": N_("Legal obligation"),
    "dpv:LegitimateInterest": N_("Legitimate interest"),
    "dpv:PublicInterest": N_("Public interest"),
    "dpv:VitalInterest": N_("Vital interests"),
}
"""For publishers that no GDPR applies to."""

ROLES: Final[Mapping[str, str]] = {
    "dpv:DataController": N_("Controller"),
    "dpv:JointDataControllers": N_("Joint controllers"),
    "dpv:DataProcessor": N_("Processor"),
    "dpv:DataSubProcessor": N_("Sub-processor"),
    "dpv:ThirdParty": N_("Third party"),
    "dpv:Recipient": N_("Recipient"),
    "dpv:DataImporter": N_("Data importer"),
    "dpv:DataExporter": N_("Data exporter"),
    "dpv:ServiceProvider": N_("Service provider"),
    "dpv:Representative": N_("Representative"),
    "dpv:DataProtectionOfficer": N_("Data protection officer"),
    "dpv:DataProtectionAuthority": N_("Supervisory authority"),
    "dpv:hasContact": N_("Contact"),
}
"""Who somebody is in a processing."""

PURPOSES: Final[Mapping[str, str]] = {
    "dpv:AcademicResearch": N_("Academic research"),
    "dpv:AccountManagement": N_("Managing accounts"),
    "dpv:Advertising": N_("Advertising"),
    "dpv:AgeVerification": N_("Checking age"),
    "dpv:CommercialResearch": N_("Commercial research"),
    "dpv:CommunicationForCustomerCare": N_("Answering questions and support requests"),
    "dpv:CommunicationManagement": N_("Sending and receiving messages"),
    "dpv:CounterMoneyLaundering": N_("Preventing money laundering"),
    "dpv:CustomerCare": N_("Customer care"),
    "dpv:CustomerClaimsManagement": N_("Handling customer claims"),
    "dpv:CustomerManagement": N_("Managing customers"),
    "dpv:CustomerOrderManagement": N_("Handling orders"),
    "dpv:CustomerRelationshipManagement": N_("Customer relations"),
    "dpv:DeliveryOfGoods": N_("Delivering goods"),
    "dpv:DirectMarketing": N_("Direct marketing"),
    "dpv:DisputeManagement": N_("Settling disputes"),
    "dpv:EnforceAccessControl": N_("Controlling access"),
    "dpv:EnforceSecurity": N_("Security"),
    "dpv:EstablishContractualAgreement": N_("Concluding a contract"),
    "dpv:FraudPreventionAndDetection": N_("Preventing and detecting fraud"),
    "dpv:FulfilmentOfContractualObligation": N_("Fulfilling a contract"),
    "dpv:FulfilmentOfObligation": N_("Fulfilling an obligation"),
    "dpv:HumanResourceManagement": N_("Human resources"),
    "dpv:IdentityAuthentication": N_("Signing people in"),
    "dpv:IdentityVerification": N_("Verifying identity"),
    "dpv:ImproveExistingProductsAndServices": N_("Improving products and services"),
    "dpv:ImproveHealthcare": N_("Improving health care"),
    "dpv:ImprovePublicServices": N_("Improving public services"),
    "dpv:IncreaseServiceRobustness": N_("Making the service more robust"),
    "dpv:InternalResourceOptimisation": N_("Better use of internal resources"),
    "dpv:LegalCompliance": N_("Complying with the law"),
    "dpv:Marketing": N_("Marketing"),
    "dpv:MemberPartnerManagement": N_("Managing members and partners"),
    "dpv:MisusePreventionAndDetection": N_("Preventing and detecting misuse"),
    "dpv:NonCommercialResearch": N_("Non-commercial research"),
    "dpv:OptimisationForConsumer": N_("Optimization for users"),
    "dpv:OptimisationForController": N_("Optimization for the provider"),
    "dpv:OptimiseUserInterface": N_("Improving the user interface"),
    "dpv:OrganisationComplianceManagement": N_("Keeping to internal rules"),
    "dpv:OrganisationGovernance": N_("Running the organization"),
    "dpv:OrganisationRiskManagement": N_("Managing risks"),
    "dpv:PaymentManagement": N_("Handling payments"),
    "dpv:Personalisation": N_("Personalization"),
    "dpv:PersonalisedAdvertising": N_("Personalized advertising"),
    "dpv:PersonalisedBenefits": N_("Personalized benefits"),
    "dpv:PersonnelHiring": N_("Hiring staff"),
    "dpv:PersonnelManagement": N_("Managing staff"),
    "dpv:PersonnelPayment": N_("Paying staff"),
    "dpv:PoliticalCampaign": N_("Political campaigning"),
    "dpv:ProtectionOfIPR": N_("Protecting intellectual property"),
    "dpv:ProtectionOfPublicSecurity": N_("Protecting public security"),
    "dpv:ProvideEventRecommendations": N_("Recommending events"),
    "dpv:ProvideOfficialStatistics": N_("Official statistics"),
    "dpv:ProvidePersonalisedRecommendations": N_("Personalized recommendations"),
    "dpv:ProvideProductRecommendations": N_("Recommending products"),
    "dpv:PublicBenefit": N_("Public benefit"),
    "dpv:PublicRelations": N_("Public relations"),
    "dpv:RecordManagement": N_("Keeping records"),
    "dpv:RecruitmentManagement": N_("Recruitment"),
    "dpv:RepairImpairments": N_("Finding and fixing errors"),
    "dpv:RequestedServiceProvision": N_("Providing the requested service"),
    "dpv:ResearchAndDevelopment": N_("Research and development"),
    "dpv:RightsFulfilment": N_("Fulfilling rights"),
    "dpv:ScientificResearch": N_("Scientific research"),
    "dpv:SearchFunctionalities": N_("Search"),
    "dpv:SellDataToThirdParties": N_("Selling data to third parties"),
    "dpv:SellInsightsFromData": N_("Selling insights from data"),
    "dpv:SellProducts": N_("Selling products"),
    "dpv:SellProductsToDataSubject": N_("Selling products to the person"),
    "dpv:ServiceAccessDetermination": N_("Deciding on access to the service"),
    "dpv:ServiceManagement": N_("Managing the service"),
    "dpv:ServiceMonitoring": N_("Monitoring the service"),
    "dpv:ServiceOptimisation": N_("Optimizing the service"),
    "dpv:ServicePersonalisation": N_("Personalizing the service"),
    "dpv:ServiceProvision": N_("Providing the service"),
    "dpv:ServiceRegistration": N_("Registration"),
    "dpv:ServiceUsageAnalytics": N_("Usage analytics"),
    "dpv:SocialMediaMarketing": N_("Social media marketing"),
    "dpv:TargetedAdvertising": N_("Targeted advertising"),
    "dpv:TechnicalServiceProvision": N_("Technical operation of the service"),
    "dpv:UserInterfacePersonalisation": N_("Adapting the user interface"),
    "dpv:VendorManagement": N_("Managing suppliers"),
    "dpv:VendorPayment": N_("Paying suppliers"),
    "dpv:Verification": N_("Verification"),
}
"""Why data is processed."""

DURATIONS: Final[Mapping[str, str]] = {
    "dpv:UntilEventDuration": N_("Until an event"),
    "dpv:UntilTimeDuration": N_("Until a date"),
    "dpv:TemporalDuration": N_("Fixed period"),
    "dpv:FixedOccurrencesDuration": N_("Fixed number of times"),
    "dpv:EndlessDuration": N_("Without limit"),
    "dpv:IndeterminateDuration": N_("Not fixed in advance"),
}
"""When storage ends."""

POLICY_KINDS: Final[Mapping[str, str]] = {
    "dpv:PrivacyNotice": N_("Privacy policy"),
    "dpv:ConsentNotice": N_("Consent notice"),
    "dpv:DataTransferNotice": N_("Data transfer notice"),
    "dpv:DataBreachNotice": N_("Data breach notice"),
    "dpv:SecurityIncidentNotice": N_("Security incident notice"),
    "dpv:LayeredNotice": N_("Layered notice"),
    "dpv:Notice": N_("Notice"),
    "dpv:Policy": N_("Policy"),
    "dpv:EULA": N_("End user license agreement"),
    "dpv:DataProcessingAgreement": N_("Data processing agreement"),
}
"""What a document is."""

SOURCES: Final[Mapping[str, str]] = {
    "dpv:DataSubjectDataSource": N_("From the person concerned"),
    "dpv:DataPublishedByDataSubject": N_("Published by the person concerned"),
    "dpv:DataControllerDataSource": N_("From the controller"),
    "dpv:ThirdPartyDataSource": N_("From a third party"),
    "dpv:PublicDataSource": N_("From a public source"),
    "dpv:NonPublicDataSource": N_("From a non-public source"),
}
"""Where data comes from."""
