-- Which web shops show the brand's widget, as JSON.
alter table brand add column widget text;
